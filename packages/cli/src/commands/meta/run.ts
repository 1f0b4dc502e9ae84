import { stringifyJson, type JsonValue, type StoredMetadata, type MetadataType } from "@metering/core";
import { MetaReader, type MetadataFile } from "@metering/reader";
import type { Run } from "../../command.ts";
import { formatMoment } from "../../output/moments.ts";
import { counted } from "../../output/numbers.ts";
import type { Session } from "../../session.ts";
import { UsageError } from "../../usage-error.ts";
import { clustersOf, type Cluster } from "./clusters.ts";
import { differences, type Difference } from "./differences.ts";
import type { CommonFlags } from "../../common-flags.ts";

/** What can be asked for. */
export interface MetaFlags extends CommonFlags {
  readonly cluster?: string | undefined;
  readonly type?: MetadataType | undefined;
  readonly category?: string | undefined;
  readonly at?: number | undefined;
  readonly since?: number | undefined;
}

export const run: Run<MetaFlags, [address?: string]> = async (session, flags, address) => {
  const { cluster, at, since } = flags;
  if (cluster === undefined && (at !== undefined || since !== undefined)) {
    throw new UsageError("--at and --since are about one cluster: add --cluster.");
  }
  const { storage } = await session.open(address);
  let findings = 0;
  const reader = new MetaReader(storage, {
    onFinding: (finding) => {
      findings++;
      session.messages.finding(finding);
    },
  });
  if (cluster === undefined) await showClusters(session, flags, reader);
  else if (since !== undefined) await showChanges(session, flags, reader, { cluster, since, at: at ?? session.now });
  else if (at !== undefined) await showVersion(session, flags, await lookUp(session, flags, reader, cluster, at), at);
  else await showVersions(session, flags, reader, cluster);
  return findings === 0 ? "clean" : "findings";
};

const typeOf = ({ type }: { readonly type?: string | undefined }) => type ?? "legacy";

async function showClusters({ out, messages, signal }: Session, flags: MetaFlags, reader: MetaReader): Promise<void> {
  const { json, type, category } = flags;
  let count = 0;
  async function* clusters(): AsyncGenerator<Cluster, void, undefined> {
    for await (const cluster of clustersOf(reader.list({ type, category }, { signal }))) {
      count++;
      yield cluster;
    }
  }
  if (json) for await (const cluster of clusters()) await out.json({ kind: "cluster", ...cluster });
  else {
    await out.table<Cluster>(
      [
        { title: "cluster", cell: ({ clusterId }) => clusterId },
        { title: "type", cell: typeOf },
        { title: "category", cell: (cluster) => cluster.category ?? "-" },
        { title: "versions", align: "right", cell: ({ versions }) => String(versions) },
        { title: "first (UTC)", cell: ({ first }) => formatMoment(first) },
        { title: "last (UTC)", cell: ({ last }) => formatMoment(last) },
      ],
      clusters(),
    );
  }
  messages.note(count === 0 ? "There is no such metadata." : `${counted(count, "cluster")}.`);
}

async function showVersions(
  { out, messages, signal }: Session,
  { json, type, category }: MetaFlags,
  reader: MetaReader,
  clusterId: string,
): Promise<void> {
  const versions: MetadataFile[] = [];
  for await (const version of reader.list({ type, category, clusterId }, { signal })) versions.push(version);
  versions.sort((a, b) => a.modifyTs - b.modifyTs);
  if (json) for (const version of versions) await out.json({ kind: "version", ...version });
  else if (versions.length > 0) {
    await out.table<MetadataFile>(
      [
        { title: "since (UTC)", cell: ({ modifyTs }) => formatMoment(modifyTs) },
        { title: "type", cell: typeOf },
        { title: "category", cell: (version) => version.category ?? "-" },
        { title: "key", cell: ({ key }) => key },
      ],
      versions,
    );
  }
  messages.note(`${clusterId} has ${counted(versions.length, "version")}.`);
}

function lookUp(
  { signal }: Session,
  { type, category }: MetaFlags,
  reader: MetaReader,
  cluster: string,
  at: number,
): Promise<StoredMetadata | undefined> {
  const options = { category, signal };
  return type === undefined ? reader.read(cluster, at, options) : reader.readByType(cluster, type, at, options);
}

async function showVersion(
  { out, messages }: Session,
  { json, cluster = "" }: MetaFlags,
  found: StoredMetadata | undefined,
  at: number,
): Promise<void> {
  if (found === undefined) {
    messages.note(`${cluster} had no such metadata at ${formatMoment(at)} UTC.`);
    return;
  }
  const { key, type, category, clusterId, modifyTs, metadata } = found;
  if (json) {
    await out.json({ kind: "metadata", key, type, category, clusterId, modifyTs, metadata });
    return;
  }
  await out.prettyJson(metadata ?? {});
  messages.note(`${key}, since ${formatMoment(modifyTs)} UTC.`);
}

async function showChanges(
  session: Session,
  flags: MetaFlags,
  reader: MetaReader,
  { cluster, since, at }: { readonly cluster: string; readonly since: number; readonly at: number },
): Promise<void> {
  const { out, messages } = session;
  if (since > at) throw new UsageError("--since must not be after --at.");
  const [before, after] = await Promise.all(
    [since, at].map((moment) => lookUp(session, flags, reader, cluster, moment)),
  );
  const changes = [...differences(before?.metadata ?? {}, after?.metadata ?? {})];
  if (flags.json) {
    for (const change of changes) await out.json({ kind: "difference", ...change });
  } else if (changes.length > 0) {
    await out.table<Difference>(
      [
        { title: "change", cell: ({ change }) => change },
        { title: "path", cell: ({ path }) => path },
        { title: "before", cell: (difference) => textOf(difference.before) },
        { title: "after", cell: (difference) => textOf(difference.after) },
      ],
      changes,
    );
  }
  messages.note(`${counted(changes.length, "change")} from ${named(before, since)} to ${named(after, at)}.`);
}

const named = (version: StoredMetadata | undefined, moment: number) =>
  version?.key ?? `nothing at ${formatMoment(moment)} UTC`;

const textOf = (value: JsonValue | undefined) => (value === undefined ? "" : stringifyJson(value));
