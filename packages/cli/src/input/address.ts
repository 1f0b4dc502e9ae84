/** The positional argument of most commands. */
export const addressArgument = {
  brief: "Address (s3://bucket/prefix, a folder, …) or its name in the configuration. Default: $METERING_STORAGE",
  placeholder: "address",
  parse: String,
  optional: true,
} as const;
