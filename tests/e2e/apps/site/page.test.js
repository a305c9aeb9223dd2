import { readFileSync } from "node:fs";
import { test } from "node:test";
import assert from "node:assert";

test("the page names its version", () => {
  assert.match(readFileSync("src/index.html", "utf8"), /version \d+/);
});
