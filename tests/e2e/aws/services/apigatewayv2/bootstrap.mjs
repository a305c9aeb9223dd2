// The Node.js runtime: bootstrap.mjs HANDLER RESULT reads the event from standard input and writes what the handler returns.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [handler, result] = process.argv.slice(2);
const dot = handler.lastIndexOf(".");
const base = join(process.env.LAMBDA_TASK_ROOT, handler.slice(0, dot));
const file = [".mjs", ".js", ".cjs"].map((ending) => base + ending).find((name) => existsSync(name));
if (file === undefined) {
  throw new Error(`Runtime.ImportModuleError: Error: Cannot find module '${handler.slice(0, dot)}'`);
}
const module = await import(pathToFileURL(file).href);
const call = module[handler.slice(dot + 1)] ?? module.default?.[handler.slice(dot + 1)];
if (typeof call !== "function") {
  throw new Error(`Runtime.HandlerNotFound: ${handler} is undefined or not exported`);
}
const context = { functionName: process.env.AWS_LAMBDA_FUNCTION_NAME, awsRequestId: "e2e", getRemainingTimeInMillis: () => 1000 };
const answer = await call(JSON.parse(readFileSync(0, "utf8")), context);
writeFileSync(result, JSON.stringify(answer ?? null));
process.exit(0);
