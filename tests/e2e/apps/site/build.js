// Writes the site to dist/, with the address of its API in it.
import { cpSync, readFileSync, writeFileSync } from "node:fs";

cpSync("src", "dist", { recursive: true });
const page = readFileSync("src/index.html", "utf8").replace("API", process.env.API_URL ?? "no API");
writeFileSync("dist/index.html", page);
