import { readFileSync } from "node:fs";
import { test } from "node:test";
import assert from "node:assert";

test("the server names its version", () => {
  assert.match(readFileSync("server.js", "utf8"), /version \d+/);
});
