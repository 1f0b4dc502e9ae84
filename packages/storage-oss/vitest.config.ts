import { tests } from "@metering/tooling/vitest";

// Looks at which modules its process has loaded, so it needs a process of its own.
const alone = ["test/loading.test.ts"];

export default tests({
  include: [],
  projects: [
    { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"], exclude: alone } },
    { extends: true, test: { name: "alone", include: alone, isolate: true } },
  ],
});
