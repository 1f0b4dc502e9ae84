import type { JsonLine } from "../../output/json-line.ts";
import type { Session } from "../../session.ts";
import type { Content } from "./read-key.ts";

/** Writes what a key leads to: a line for each element, or one object over several lines. */
export async function showContent({ out, messages }: Session, pretty: boolean, content: Content): Promise<void> {
  if (pretty) {
    await out.prettyJson(wholeOf(content));
    return;
  }
  if (content.kind === "metadata" || content.kind === "manifest") {
    await out.json({ kind: content.kind, ...wholeOf(content) });
    return;
  }
  const { timestamp, category, sharedPoolId, selfId, data } = content.kind === "page" ? content.page : content.record;
  const part = content.kind === "page" ? content.page.part : undefined;
  for (const element of data) {
    await out.json({ kind: "element", timestamp, category, sharedPoolId, selfId, part, element });
  }
  if (data.length === 0) messages.note(`${category}/${selfId} has no elements there.`);
}

function wholeOf(content: Content): JsonLine {
  if (content.kind === "page") {
    const { key, timestamp, category, sharedPoolId, selfId, part, manifest, data } = content.page;
    return { key, timestamp, category, sharedPoolId, selfId, part, ...manifest, data };
  }
  if (content.kind === "record") {
    const { timestamp, category, sharedPoolId, selfId, state, keys, data } = content.record;
    return { timestamp, category, sharedPoolId, selfId, state, keys, data };
  }
  if (content.kind === "manifest") return { key: content.key, content: content.content };
  const { key, type, category, clusterId, modifyTs, metadata } = content.metadata;
  return { key, type, category, clusterId, modifyTs, metadata };
}
