import { expect, test } from "vitest";
import { documentSnippets, exampleSnippets, problemsOf } from "../src/snippets.ts";
import { compilerOptions } from "../src/typescript.ts";

// From source, with the names of snippet-names.d.ts. A snippet need not say which of its imports are types.
const options = { ...compilerOptions(), verbatimModuleSyntax: false };
const problems = problemsOf([...documentSnippets(), ...exampleSnippets()], options);

test.each([...problems].map(([{ origin, line }, found]) => ({ place: `${origin}:${line}`, found })))(
  "the program at $place compiles",
  ({ found }) => {
    expect(found).toEqual([]);
  },
);
