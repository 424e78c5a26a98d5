import { chmod, copyFile, cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BuildProgress,
  binaryName,
  buildPrograms,
  isBuilt,
  type Make,
  type Program,
  programFolder,
} from '../../scripts/build-programs.ts'
import { makeOpenSearch } from './opensearch-program.ts'

const kubernetesVersion = '1.36.3'
const module = (name: string) => join(import.meta.dirname, 'programs', name)

const kubernetes = <Name extends string>(name: Name, seconds: number) => ({
  name,
  folder: module('kubernetes'),
  target: `k8s.io/kubernetes/cmd/${name}`,
  set: {
    'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '36',
  },
  seconds,
})

const containerd = <Name extends string>(name: Name, seconds: number) => ({
  name,
  folder: module('containerd'),
  target: `github.com/containerd/containerd/v2/cmd/${name}`,
  tags: ['no_btrfs', 'no_devmapper'],
  seconds,
})

/** kwok reads its stages (the state changes of simulated nodes and pods) from files of its module. */
const copyStages = async ({ out, go }: Make): Promise<void> => {
  const { stdout } = await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'])
  await mkdir(join(out, 'stages'))
  const kinds = [
    ['pod/fast', /^pod-.*\.yaml$/],
    ['node/fast', /^node-.*\.yaml$/],
    ['node/heartbeat-with-lease', /^node-.*\.yaml$/],
  ] as const
  for (const [kind, wanted] of kinds) {
    const from = join(stdout.trim(), 'kustomize', 'stage', kind)
    for (const file of await readdir(from))
      if (wanted.test(file)) await copyFile(join(from, file), join(out, 'stages', file))
  }
}

const generateCrds = async ({ out, go }: Make): Promise<void> => {
  const paths = ['helm-controller/api/v2', 'source-controller/api/v1'].map((api) => `paths=github.com/fluxcd/${api}`)
  const generator = 'sigs.k8s.io/controller-tools/cmd/controller-gen'
  await go(['run', generator, 'crd', ...paths, `output:crd:dir=${join(out, 'crds')}`])
}

/** The agent compiles its datapath from sources of its module. */
const makeCilium = async ({ out, go }: Make): Promise<void> => {
  const parts = [
    ['cilium-agent', 'daemon'],
    ['cilium-operator', 'operator', '-tags', 'ipam_provider_operator'],
    ['cilium-dbg', 'cilium-dbg'],
    ['cilium-cni', 'plugins/cilium-cni'],
  ] as const
  for (const [name, source, ...tags] of parts)
    await go([
      ...['build', ...tags, '-ldflags', '-s -w -buildid=', '-o', join(out, name)],
      `github.com/cilium/cilium/${source}`,
    ])
  const { stdout } = await go(['list', '-m', '-f', '{{.Dir}}', 'github.com/cilium/cilium'])
  const sources = join(out, 'bpf')
  await cp(join(stdout.trim(), 'bpf'), sources, { recursive: true })
  // Go's module cache is read-only, and so are copies of it.
  await chmod(sources, 0o755)
  for (const entry of await readdir(sources, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
}

/** Cheapest first, so that the first minutes already show progress. */
const table = [
  { name: 'pause', folder: module('pause'), target: 'hangar.test/pause', seconds: 5 },
  { name: 'etcd', folder: module('etcd'), target: 'go.etcd.io/etcd/server/v3', seconds: 45 },
  kubernetes('kube-apiserver', 250),
  kubernetes('kube-controller-manager', 70),
  kubernetes('kube-scheduler', 7),
  kubernetes('kubelet', 25),
  kubernetes('kube-proxy', 10),
  containerd('containerd', 65),
  containerd('containerd-shim-runc-v2', 3),
  containerd('ctr', 4),
  { name: 'kwok', folder: module('kwok'), target: 'sigs.k8s.io/kwok/cmd/kwok', seconds: 85, also: copyStages },
  { name: 'coredns', folder: module('coredns'), target: 'hangar.test/coredns', seconds: 90 },
  { name: 'flux-crds', folder: module('flux-crds'), target: generateCrds, seconds: 25 },
  {
    name: 'helm-controller',
    folder: module('helm-controller'),
    target: 'github.com/fluxcd/helm-controller',
    seconds: 200,
  },
  { name: 'registry', folder: module('registry'), target: 'hangar.test/registry', seconds: 30 },
  {
    name: 'pebble',
    folder: module('pebble'),
    target: 'github.com/letsencrypt/pebble/v2/cmd/pebble',
    seconds: 5,
  },
] as const satisfies readonly Program[]

/** Built only for tests that need them, because they take long. */
const onDemand = [
  { name: 'cilium', folder: module('cilium'), target: makeCilium, seconds: 300 },
  { name: 'loki', folder: module('loki'), target: 'github.com/grafana/loki/v3/cmd/loki', seconds: 400 },
  { name: 'opensearch', folder: module('opensearch'), target: makeOpenSearch, seconds: 30 },
] as const satisfies readonly Program[]

const all = [...table, ...onDemand]

export type ProgramName = (typeof all)[number]['name']
/** The default programs of `build`. */
const programNames: readonly ProgramName[] = table.map(({ name }) => name)

const programOf = (name: ProgramName): Program => {
  const found = all.find((program) => program.name === name)
  if (!found) throw new Error(`There is no program ${name}.`)
  return found
}

/** The path of a program once `build` has built it. */
export const programPath = (name: Exclude<ProgramName, 'flux-crds' | 'cilium' | 'opensearch'>): string => {
  const program = programOf(name)
  return join(programFolder(program), binaryName(program))
}

/** The folder with the YAML files of Flux's custom resource definitions, once `flux-crds` is built. */
export const fluxCrdsFolder = (): string => join(programFolder(programOf('flux-crds')), 'crds')

/** The folder with Cilium's programs and its datapath's sources (`bpf`), once `cilium` is built. */
export const ciliumFolder = (): string => programFolder(programOf('cilium'))

/** The folder with OpenSearch's `jars`, once `opensearch` is built. */
export const openSearchFolder = (): string => programFolder(programOf('opensearch'))

/** The folder with kwok's stages, once `kwok` is built. */
export const kwokStagesFolder = (): string => join(programFolder(programOf('kwok')), 'stages')

export const missingPrograms = (names: readonly ProgramName[] = programNames): readonly ProgramName[] =>
  names.filter((name) => !isBuilt(programOf(name)))

/** Those programs in the order in which they are built, to build or describe them along with others. */
export const programsOf = (names: readonly ProgramName[] = programNames): readonly Program[] =>
  all.filter(({ name }) => names.includes(name))

/** Builds what is not built yet. Throws BuildProblem with a hint, or the abort reason. */
export const build = (
  names: readonly ProgramName[] = programNames,
  options: { onProgress?: (progress: BuildProgress) => void; signal?: AbortSignal } = {},
): Promise<void> => buildPrograms(programsOf(names), options)
