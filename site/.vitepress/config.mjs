import { readdirSync } from "node:fs";
import { defineConfig } from "vitepress";
import { withMermaid } from "vitepress-plugin-mermaid";

/** Folders below `parent` that have a README, as links. */
const readmesIn = (parent) =>
  readdirSync(new URL(`../../${parent}/`, import.meta.url), { recursive: true })
    .filter((path) => /^[^/\\]+[/\\]README\.md$/.test(path))
    .map((path) => path.split(/[/\\]/)[0])
    .toSorted((a, b) => a.localeCompare(b))
    .map((folder) => ({ text: folder, link: `/${parent}/${folder}/` }));

const page = (text, name) => ({ text, link: `/docs/${name}` });

export default withMermaid(
  defineConfig({
    title: "Metering SDK for TypeScript",
    description: "Write and read metering records and cluster metadata in object storage",
    // Copies of the repository's documents, made by build.mjs; links between them work here as there.
    srcDir: "pages",
    outDir: "dist",
    rewrites: (id) => id.replace(/README\.md$/, "index.md"),
    lastUpdated: false,
    // To folders and files that are no pages, such as a license.
    ignoreDeadLinks: [/^\.?\.?\/.*\/(src|test|integration)(\/|$)/, /LICENSE$/, /\.(sql|py)$/],
    themeConfig: {
      search: { provider: "local" },
      nav: [
        { text: "Start", link: "/" },
        { text: "Examples", link: "/examples/" },
        { text: "API", link: "/api/index.html", target: "_self" },
      ],
      sidebar: [
        {
          text: "Use it",
          items: [
            { text: "Start", link: "/" },
            page("Glossary", "glossary"),
            page("Configuration", "configuration"),
            page("Choosing a self id", "self-id"),
            page("What an element needs", "elements"),
            page("Operations", "operations"),
            page("Loading", "loading"),
            page("Performance", "performance"),
            page("Guarantees and limits", "guarantees"),
            page("Format", "format"),
            page("Beside the Go SDK", "go-sdk"),
            page("Tested with others", "interop"),
            { text: "SQL on the bucket", link: "/docs/sql/" },
            page("At scale", "at-scale"),
            { text: "Upgrading", link: "/UPGRADING" },
            { text: "Security", link: "/SECURITY" },
          ],
        },
        { text: "Packages", items: readmesIn("packages") },
        { text: "Examples", collapsed: true, items: readmesIn("examples") },
        {
          text: "Build on it",
          items: [
            page("Architecture", "architecture"),
            page("Writing an adapter", "adapters"),
            { text: "Decisions", link: "/docs/decisions/" },
            { text: "Contributing", link: "/CONTRIBUTING" },
          ],
        },
      ],
    },
  }),
);
