/** Flags that narrow a command down to some records. */
export interface ScopeFlags {
  readonly category?: string | undefined;
  readonly sharedPool?: string | undefined;
  readonly selfId?: string | undefined;
}

const name = { kind: "parsed", parse: String, optional: true, placeholder: "name" } as const;

export const scopeFlags = {
  category: { ...name, brief: "Only this category" },
  sharedPool: { ...name, brief: "Only this shared pool" },
  selfId: { ...name, brief: "Only this writer" },
} as const;

/** The same, as the reader takes it. */
export function scopeOf({ category, sharedPool, selfId }: ScopeFlags) {
  return { category, sharedPoolId: sharedPool, selfId };
}
