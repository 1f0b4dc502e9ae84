import { afterAll } from "vitest";
import { startS3TestServer } from "@metering/s3-test-server";
import { testAnswers } from "./answers.ts";

const server = await startS3TestServer();
afterAll(() => server.close());

testAnswers(() => Promise.resolve(server));
