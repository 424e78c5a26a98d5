import { join } from 'node:path'
import type { Plugin } from 'vite'

const folder = join(import.meta.dirname, '../renderer/ui')
const runtimes: Readonly<Record<string, string>> = {
  'react/jsx-runtime': join(folder, 'jsxRuntime.ts'),
  'react/jsx-dev-runtime': join(folder, 'jsxDevRuntime.ts'),
}

/** Every element of the window, also of its libraries, shows hidden characters as marks (renderer/ui/jsxRuntime.ts). */
export const visibleElements: Plugin = {
  name: 'visible-elements',
  enforce: 'pre',
  resolveId(source, importer = '') {
    const own = Object.values(runtimes).some(
      (file) => importer.split('?')[0]?.replaceAll('\\', '/') === file.replaceAll('\\', '/'),
    )
    return own ? undefined : runtimes[source]
  },
}
