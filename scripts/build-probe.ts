import { join } from 'node:path'
import { build, type Plugin } from 'vite'

const root = join(import.meta.dirname, '..')

/** Texts of the guide in the table of causes. A pod reports codes; who reads its result has the table. */
const guideTexts = /^ {4}(?:meaning|distinguishedBy|owner):\s+'(?:[^'\\]|\\.)*',\n/gm

const withoutGuide: Plugin = {
  name: 'hangar-probe-without-guide',
  enforce: 'pre',
  transform: (code, id) => (/[/\\]probe[/\\]causes[/\\]\w+\.ts$/.test(id) ? code.replace(guideTexts, '') : undefined),
}

/** Builds the probe into one file, `probe.cjs` in the folder, which needs only Node 20 or later. */
export async function buildProbe(folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [withoutGuide],
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'main/connectivity/vantage/pod/probe-program.ts'),
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node20',
      minify: true,
      sourcemap: false,
      reportCompressedSize: false,
      // CommonJS: it runs from a file, from standard input and as an argument.
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'probe.cjs', codeSplitting: false } },
    },
  })
}
