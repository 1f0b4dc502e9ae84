#!/usr/bin/env node
import packageJson from "../package.json" with { type: "json" };
import { runCli } from "./cli.ts";
import { abortOnInterrupt } from "./interrupts.ts";

const { stdout, stderr, env } = process;
const now = Math.floor(Date.now() / 1000);
const host = { stdout, stderr, env, now, signal: abortOnInterrupt() };
process.exitCode = await runCli(process.argv.slice(2), packageJson.version, host);
