// version 1
import { createServer } from "node:http";

const port = Number(process.env.PORT);
createServer((request, response) => response.end("version 1")).listen(port);
