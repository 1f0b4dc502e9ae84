import { testAnswers } from "../test/answers.ts";

const { S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = process.env;
if (!S3_ENDPOINT || !S3_REGION || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) {
  throw new Error("These tests need a real S3 server: run them by `npm run test:s3`.");
}
const server = {
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  credentials: { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
};

testAnswers(() => Promise.resolve(server), {
  "a put under a name of 1,025 bytes": "400 InvalidObjectName",
  // With STS switched on, the gateway tries its other ways of authentication and reports the last one's failure.
  "an unknown access key": "403 AccessDenied",
  "a wrong secret key": "403 AccessDenied",
});
