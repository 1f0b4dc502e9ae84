// ali-oss ships no types. This is as much of them as is used here.
declare module "ali-oss" {
  import type { OssClient } from "./options.ts";

  const Client: new (options: object) => OssClient;
  export default Client;
}
