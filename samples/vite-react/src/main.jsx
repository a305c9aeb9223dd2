import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { price } from "./price.js";

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <h1>Tea, {price(1250)}</h1>
  </StrictMode>,
);
