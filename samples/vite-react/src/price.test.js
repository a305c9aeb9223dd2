import { expect, test } from "vitest";
import { price } from "./price.js";

test("a price has two decimals", () => {
  expect(price(1250)).toBe("12.50 EUR");
});
