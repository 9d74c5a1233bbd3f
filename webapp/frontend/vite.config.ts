import { resolve } from "node:path";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { formJsLabels } from "./build/form-js-labels.ts";
import { messages } from "./build/messages.ts";
import { notices } from "./build/notices.ts";
import { oldestBrowser } from "./build/oldest-browser.ts";
import { studioLabels } from "./build/studio-labels.ts";

const here = import.meta.dirname;

export default defineConfig({
  plugins: [messages(resolve(here, "../translations/zh/LC_MESSAGES/messages.po")), formJsLabels(), studioLabels(), oldestBrowser(), compressed(), notices()],
  // The form editor brings a preact of its own; fields that both draw need one and the same.
  resolve: { dedupe: ["preact"] },
  base: "./",
  publicDir: "public",
  build: {
    outDir: resolve(here, "../static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "chrome98",
    cssTarget: "chrome98",
    // No data: addresses in the output, so the content security policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    rollupOptions: {
      input: {
        app: resolve(here, "src/app.ts"),
        form: resolve(here, "src/form.ts"),
        viewer: resolve(here, "src/viewer.ts"),
        charts: resolve(here, "src/charts.ts"),
        dmn: resolve(here, "src/dmn.ts"),
        "form-editor": resolve(here, "src/form-editor.ts"),
        modeler: resolve(here, "src/modeler.ts"),
        studio: resolve(here, "src/studio.ts"),
        "studio-differences": resolve(here, "src/studio-differences.ts"),
        "studio-texts": resolve(here, "src/studio-texts.ts"),
      },
    },
  },
});
