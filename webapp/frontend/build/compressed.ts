/** Beside every script and style sheet, the same compressed as well as it can be: a server only has to choose. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const SMALLEST = 1024;

export function compressed(): Plugin {
  return {
    name: "compressed",
    writeBundle(options, bundle) {
      for (const [file, output] of Object.entries(bundle)) {
        if (!/\.(?:js|css|svg)$/.test(file)) continue;
        const content = Buffer.from(output.type === "chunk" ? output.code : output.source);
        if (content.length < SMALLEST) continue;
        const path = resolve(options.dir ?? "", file);
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
      }
    },
  };
}
