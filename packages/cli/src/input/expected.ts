import type { Component } from "@metering/closing";
import type { RecordId } from "@metering/core";
import { UsageError } from "../usage-error.ts";

/** Flags that say who should have reported. */
export interface ExpectedFlags {
  readonly expect?: readonly Component[] | undefined;
  readonly perCategory: boolean;
}

export const expectedFlags = {
  expect: {
    kind: "parsed",
    parse: parseComponent,
    variadic: ",",
    optional: true,
    placeholder: "category/component",
    brief: "Who should report. Default: learned from first to last report in the range",
  },
  perCategory: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Take all writers of a category for one component, such as a service with a new UUID at each start",
  },
} as const;

function parseComponent(text: string): Component {
  const [category = "", component = "", ...others] = text.split("/");
  if (category === "" || component === "" || others.length > 0) {
    throw new UsageError(
      `${JSON.stringify(text)} is no component. Give its category and name, such as tidb-server/tidb01.`,
    );
  }
  return { category, component };
}

/** The same, as `@metering/closing` takes it. */
export function expectedOf({ expect, perCategory }: ExpectedFlags) {
  return { expected: expect, componentOf: perCategory ? ({ category }: RecordId) => category : undefined };
}
