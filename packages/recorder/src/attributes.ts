import { MeteringError, type MeteringElement } from "@metering/core";

/** What tells one row from another: any flat object of texts and integers, in any key order. */
export type Attributes = Readonly<Record<string, string | number | bigint>>;

/**
 * Text that is equal for equal attributes, whatever their order.
 *
 * @param reserved Names that attributes must not have: those of meters and of fixed attributes.
 * @throws `invalid-argument` for a value that is neither a text nor an integer, and for a reserved name.
 */
export function identityOf(attributes: Attributes, reserved: ReadonlySet<string>): string {
  const names = Object.keys(attributes).sort();
  return names.map((name) => `${JSON.stringify(name)}:${valueOf(attributes, name, reserved)}`).join();
}

function valueOf(attributes: Attributes, name: string, reserved: ReadonlySet<string>): string {
  if (!name.isWellFormed()) throw refuse(name, "must have a name of well-formed Unicode");
  if (reserved.has(name)) throw refuse(name, "has the name of a meter or of a fixed attribute");
  const value: unknown = attributes[name];
  if (typeof value === "string") {
    if (value.isWellFormed()) return JSON.stringify(value);
    throw refuse(name, "must be well-formed Unicode");
  }
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  throw refuse(name, "must be a text or an integer (a bigint beyond 2^53-1)");
}

function refuse(name: string, rule: string): MeteringError {
  return new MeteringError("invalid-argument", `The attribute ${JSON.stringify(name)} ${rule}. Nothing was counted.`);
}

/** A copy that later changes of the caller's object do not reach. */
export function copyOf(attributes: Attributes): MeteringElement {
  return { ...attributes };
}
