import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Bed } from '../bed/bed.ts'
import { bedPaths } from '../bed/layout.ts'
import { programPath } from '../bed/programs.ts'
import type { TarEntry } from '../bed/tar.ts'
import { tar } from '../bed/tar.ts'
import type { Authority } from '../peers/authority.ts'
import type { Programs } from '../peers/program.ts'
import type { Registry } from '../peers/registry.ts'

const readyLimitMs = 20_000

export interface PlainRegistry {
  /** `HOST:PORT` */
  readonly host: string
}

/** The real registry "distribution" with TLS, to which anybody may push. */
export async function startOpenRegistry(
  address: string,
  authority: Authority,
  folder: string,
  programs: Programs,
): Promise<PlainRegistry> {
  await mkdir(folder, { recursive: true })
  const { certificate, key } = authority.issue({ addresses: [address] })
  const [certificateFile, keyFile, file] = ['tls.crt', 'tls.key', 'registry.yaml'].map((name) => join(folder, name))
  await writeFile(certificateFile ?? '', certificate)
  await writeFile(keyFile ?? '', key, { mode: 0o600 })
  const configuration = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'store') } },
    http: { addr: `${address}:0`, tls: { certificate: certificateFile, key: keyFile } },
  }
  await writeFile(file ?? '', stringify(configuration))
  const ready = /listening on [\d.]+:(\d+)/
  const [, port] = await programs.start(programPath('registry'), ['serve', file ?? ''], {
    ready,
    limitMs: readyLimitMs,
  })
  return { host: `${address}:${port}` }
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Pushes an image of one layer with these files. */
export async function pushImage(
  registry: Registry,
  name: string,
  tag: string,
  files: readonly TarEntry[],
  signal: AbortSignal,
): Promise<string> {
  const layer = tar(files)
  const config = {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  }
  const digest = await registry.push(
    name,
    tag,
    {
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', bytes: Buffer.from(JSON.stringify(config)) },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', bytes: layer }],
    },
    signal,
  )
  if (digest === undefined) throw new Error('This registry is a small server that stores nothing.')
  return digest
}

/** An image with a shell, of which no bed has a copy: its digest is its own. */
export const shellImage = async (): Promise<TarEntry[]> => [
  { path: 'bin/' },
  { path: 'bin/busybox', data: await readFile('/bin/busybox'), mode: 0o755 },
  ...['sh', 'sleep'].map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
  { path: 'of-the-kit', data: Buffer.from('only in the kit') },
]

/** Lets the nodes of a bed trust the certificate of a registry. */
export async function trustRegistry(bed: Pick<Bed, 'name'>, host: string, authority: Authority): Promise<void> {
  const folder = join(bedPaths(bed.name).registries, host)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.pem'), authority.certificate)
  const hosts = `server = "https://${host}"\n[host."https://${host}"]\n  ca = "${join(folder, 'ca.pem')}"\n`
  await writeFile(join(folder, 'hosts.toml'), hosts)
}
