import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type TarEntry, tar } from './tar.ts'

/** A file of an image: a local file, a text, a link, or a folder (path ends with `/`). Paths without a leading `/`. */
export type ImageFile = {
  readonly path: string
  readonly source?: string
  readonly text?: string
  readonly link?: string
  /** Permission bits: 0o755 where absent. */
  readonly mode?: number
}
export type Image = {
  readonly tag: string
  readonly files: readonly ImageFile[]
  /** The first file where absent. */
  readonly entrypoint?: readonly string[]
  readonly environment?: readonly string[]
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

const entryOf = async ({ path, source, text, link, mode = 0o755 }: ImageFile): Promise<TarEntry> => {
  if (link !== undefined || path.endsWith('/')) return { path, link, mode }
  return { path, data: source === undefined ? Buffer.from(text ?? '') : await readFile(source), mode }
}

/**
 * An archive that `ctr images import` and `docker load` read, with an image of one layer for each given.
 * https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export const imageArchive = async (images: readonly Image[]): Promise<Buffer> => {
  const entries: TarEntry[] = []
  const manifest: object[] = []
  for (const { tag, files, entrypoint, environment = [] } of images) {
    // Parent folders come first, so that each has a defined owner and mode; /tmp is writable by all.
    const folders = new Set(['tmp/'])
    for (const { path } of files)
      for (let at = path.indexOf('/'); at > 0 && at < path.length - 1; at = path.indexOf('/', at + 1))
        folders.add(path.slice(0, at + 1))
    const implied = [...folders]
      .filter((path) => !files.some((file) => file.path === path))
      .sort()
      .map((path): TarEntry => ({ path, mode: path === 'tmp/' ? 0o1777 : 0o755 }))
    const layer = tar([...implied, ...(await Promise.all(files.map(entryOf)))])
    const digest = sha256(layer)
    const config = Buffer.from(
      JSON.stringify({
        architecture: architectures[process.arch] ?? process.arch,
        os: 'linux',
        config: {
          Entrypoint: entrypoint ?? [`/${files[0]?.path}`],
          Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...environment],
        },
        rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      }),
    )
    const name = sha256(config)
    if (!entries.some(({ path }) => path === `${digest}.tar`)) entries.push({ path: `${digest}.tar`, data: layer })
    entries.push({ path: `${name}.json`, data: config })
    manifest.push({ Config: `${name}.json`, RepoTags: [tag], Layers: [`${digest}.tar`] })
  }
  return tar([...entries, { path: 'manifest.json', data: Buffer.from(JSON.stringify(manifest)) }])
}
