/** The environment of what uses the server. */
interface Settings {
  readonly S3_ENDPOINT: string;
  readonly S3_REGION: string;
  readonly S3_ACCESS_KEY_ID: string;
  readonly S3_SECRET_ACCESS_KEY: string;
}

/** Starts a server, waits until it answers, and starts it again whenever it ends by itself. */
export function startServer(server: {
  readonly name: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}): Promise<{
  readonly env: Settings;
  /** Ends it. Returns how often it crashed. */
  stop(): Promise<number>;
}>;
