import { testSchedules } from "../test/schedules/schedule-tests.ts";

testSchedules(Number(process.env["SCHEDULES"] ?? 50_000));
