import { join } from 'node:path'
import { build, type Plugin } from 'vite'

const root = join(import.meta.dirname, '..')

/** What a pod does not need of the table of causes: it reports codes, and who reads its result has the table. */
const guideFields = /^ {4}(?:(?:meaning|distinguishedBy|owner|stage|foundBy):\s+'(?:[^'\\]|\\.)*'|\.\.\.check),\n/gm
/** A pod reports none of the causes about pods. */
const hints = /^( {4}hint:)\s+'(?:[^'\\]|\\.)*',$/gm

/** A pod gets no credential (`plan/rows.ts`), so it never signs in. */
const noSignIn = 'export const signIn = async () => undefined'

const forPods: Plugin = {
  name: 'hangar-probe-for-pods',
  enforce: 'pre',
  transform(code, id) {
    if (/[/\\]probe[/\\]sign-in\.ts$/.test(id)) return noSignIn
    if (!/[/\\]probe[/\\]causes[/\\]\w+\.ts$/.test(id)) return undefined
    const short = code.replace(guideFields, '')
    return id.endsWith('vantages.ts') ? short.replace(hints, "$1 '',") : short
  },
}

/** Builds the probe into one file, `probe.cjs` in the folder, which needs only Node 20 or later. */
export async function buildProbe(folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [forPods],
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
