import assert from "node:assert";
import { test } from "node:test";
import { handler } from "./src/hello.js";

test("the answer names its version", async () => {
  assert.match((await handler()).body, /version \d+/);
});
