// Counts checks and says how each went. The last line, "N passed, N failed", is what CI adds up.
let passed = 0;
let failed = 0;

/**
 * Runs one check: it fails by throwing, and may return a note.
 *
 * @param {string} name
 * @param {() => string | undefined | void | Promise<string | undefined | void>} test
 */
export async function check(name, test) {
  try {
    const note = await test();
    passed++;
    console.log(`✓ ${name}${note === undefined ? "" : ` (${note})`}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Prints the totals and sets the exit code. */
export function conclude() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
