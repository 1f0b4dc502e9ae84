import type * as identity from "@azure/identity";
import { loadDependency } from "@metering/storage-kit";
import type { AzureTokenCredential } from "./options.ts";

type IdentityModule = Pick<typeof identity, "DefaultAzureCredential">;

const loadIdentity = (): Promise<IdentityModule> => import("@azure/identity");

/** Azure's chain: environment, workload identity of a pod, managed identity, developer tools. */
export function defaultCredential(load = loadIdentity): AzureTokenCredential {
  let credential: AzureTokenCredential | undefined;
  return {
    async getToken(scope) {
      const { DefaultAzureCredential } = await loadDependency("@azure/identity", load);
      credential ??= new DefaultAzureCredential();
      return credential.getToken(scope);
    },
  };
}
