/** As much of a CycloneDX 1.5 document as is read and written here. */
export interface Bom {
  readonly bomFormat: string
  readonly components: Component[]
}

interface Component {
  readonly type: 'application' | 'library'
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly 'bom-ref': string
  readonly scope?: 'required' | 'optional'
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

const module = (name: string, version: string) => {
  const purl = `pkg:golang/${name}@${version}`
  return { name, version, purl, 'bom-ref': purl }
}

/**
 * The bundled helm with the SHA-256 of its program for each system, and the Go modules whose content its build could use
 * (those with a content hash in go.sum). Pure.
 */
export function helmComponents(goMod: string, goSum: string, hashes: Readonly<Record<string, string>>): Component[] {
  const [, name, version] = /^require (\S+) (v\S+)/m.exec(goMod) ?? []
  if (name === undefined || version === undefined) throw new Error('go.mod of the bundled helm requires no helm.')
  const properties = Object.entries(hashes).map(([platform, value]) => ({ name: `hangar:sha256:${platform}`, value }))
  const modules = goSum
    .split('\n')
    .flatMap((line) => {
      const [, path, ofModule] = /^(\S+) (v\S+) h1:/.exec(line) ?? []
      return path === undefined || ofModule === undefined || ofModule.endsWith('/go.mod')
        ? []
        : [module(path, ofModule)]
    })
    .filter(({ purl }) => purl !== `pkg:golang/${name}@${version}`)
  return [
    { type: 'application', ...module(name, version), scope: 'required', properties },
    ...modules.map((each) => ({ type: 'library' as const, ...each, scope: 'optional' as const })),
  ]
}
