import { join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * Every element of the window, also of its libraries, shows hidden characters as marks (renderer/ui/jsxRuntime.ts).
 * `root`: of the checkout. A bundled configuration does not know the place of this file.
 */
export function visibleElements(root: string): Plugin {
  const runtimes: Readonly<Record<string, string>> = {
    'react/jsx-runtime': join(root, 'renderer/ui/jsxRuntime.ts'),
    'react/jsx-dev-runtime': join(root, 'renderer/ui/jsxDevRuntime.ts'),
  }
  return {
    name: 'visible-elements',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const own = Object.values(runtimes).some(
        (file) => importer.split('?')[0]?.replaceAll('\\', '/') === file.replaceAll('\\', '/'),
      )
      return own ? undefined : runtimes[source]
    },
  }
}
