/** Some licences ask that a NOTICE goes with what is bundled; vite's list of licences has the licences only. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

export function notices(): Plugin {
  return {
    name: "notices",
    writeBundle(options, bundle) {
      const folders = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        for (const id of output.moduleIds) {
          const folder = PACKAGE.exec(id)?.[1];
          if (folder) folders.add(folder);
        }
      }
      const found = [...folders].sort().flatMap((folder) => {
        const file = ["NOTICE", "NOTICE.txt", "NOTICE.md"].map((name) => resolve(folder, name)).find((path) => existsSync(path));
        return file ? [`## ${folder.split("node_modules/").pop() ?? ""}\n\n${readFileSync(file, "utf8").trim()}\n`] : [];
      });
      writeFileSync(resolve(options.dir ?? "", "notices.md"), `# Notices\n\n${found.join("\n")}`);
    },
  };
}
