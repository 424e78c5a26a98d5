import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..', '..')

/** The program of all services as the text of one module, which needs only Node 24. `folder` gets the file. */
export async function bundleServices(folder: string): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'service-program.ts'),
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node24',
      minify: true,
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'services.mjs', codeSplitting: false } },
    },
  })
  return await readFile(join(folder, 'services.mjs'), 'utf8')
}
