import { testSchedules } from "./schedules/schedule-tests.ts";

testSchedules(Number(process.env["SCHEDULES"] ?? 200));
