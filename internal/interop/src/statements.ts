import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Path of a file in `docs/sql/`. */
export const sqlFile = (name: string): string => fileURLToPath(new URL(`../../../docs/sql/${name}`, import.meta.url));

/**
 * The statements under a heading of a file in `docs/sql/`, exactly as they are there.
 *
 * @param replacements what stands for something of the user's, such as the address of the bucket
 */
export async function statements(
  name: string,
  heading: string,
  replacements: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const sections = (await readFile(sqlFile(name), "utf8")).split("\n-- ## ");
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${name} has nothing under "${heading}".`);
  let sql = section.slice(heading.length);
  for (const [placeholder, value] of Object.entries(replacements)) sql = sql.replaceAll(placeholder, value);
  return sql.split(/;$/m).filter((text) => text.trim() !== "");
}

/** The only statement under a heading. */
export async function statement(...args: Parameters<typeof statements>): Promise<string> {
  const [only = "", ...others] = await statements(...args);
  if (others.length > 0) throw new Error(`${args[0]} has several statements under "${args[1]}".`);
  return only;
}
