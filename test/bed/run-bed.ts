import { rm, writeFile } from 'node:fs/promises'
import { processId } from '../../scripts/process-id.ts'
import { type Api, connectApi } from './api.ts'
import { baseImagesArchive } from './base-images.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { startCilium } from './cilium.ts'
import {
  type Endpoints,
  endpointsOnLoopback,
  endpointsWithin,
  freePorts,
  startApiServer,
  startControlPlane,
} from './control-plane.ts'
import { addHostNames, clusterDnsManifests, type Resolving, startHostDns, waitForDeployment } from './dns.ts'
import { applyFluxCrds, startFluxController } from './flux.ts'
import { type Image, imageArchive } from './image.ts'
import { kubeconfig } from './kubeconfig.ts'
import { type BedPaths, cgroupOf } from './layout.ts'
import { createNamespaces, type Namespaces } from './namespaces.ts'
import type { BedOptions } from './options.ts'
import { superviseProcesses } from './processes.ts'
import { fluxCrdsFolder } from './programs.ts'
import { ctr, nodeName, startContainerd, startNode } from './real-node.ts'
import { type BedFacts, claimName, removeLeftovers, writeRecord } from './record.ts'
import { addSimulatedNodes, startKwok } from './simulated.ts'
import { provideVolumes, storageClass } from './storage.ts'

/** A running bed, inside its supervisor. */
export type RunningBed = {
  readonly facts: BedFacts
  stopApiServer(): Promise<void>
  startApiServer(signal: AbortSignal): Promise<void>
  importImages(images: readonly Image[], signal: AbortSignal): Promise<void>
  addSimulatedNodes(count: number, signal: AbortSignal): Promise<string[]>
  addHostNames(names: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>
  down(signal: AbortSignal): Promise<void>
}

const simulatedPodNetwork = '10.0.0.1/16'

type Prepared = { paths: BedPaths; namespaces: Namespaces | undefined; at: Endpoints; resolver: Resolving }

/** Names, addresses and, for real pods, namespaces. */
const prepare = async (paths: BedPaths, cgroup: string | undefined, signal: AbortSignal): Promise<Prepared> => {
  if (cgroup === undefined) {
    const [port = 0] = await freePorts(1)
    const resolver = { address: '127.0.0.1', port }
    return { paths, namespaces: undefined, at: await endpointsOnLoopback(), resolver }
  }
  const namespaces = await createNamespaces(paths, cgroup, signal)
  const { addresses } = namespaces
  return { paths, namespaces, at: endpointsWithin(addresses), resolver: { address: addresses.host, port: 53 } }
}

const writeCredentials = async (
  { paths, at }: Prepared,
  name: string,
  signal: AbortSignal,
): Promise<{ certificates: Certificates; api: Api }> => {
  const node = { name: nodeName, address: at.advertise }
  const certificates = await makeCertificates(paths.certificates, at.names, node, signal)
  const { ca, admin, kubelet } = certificates
  const write = (file: string, text: string) => writeFile(file, text, { mode: 0o600 })
  await write(paths.kubeconfig, kubeconfig(name, at.server, ca, 'admin', admin))
  await write(paths.kubeletKubeconfig, kubeconfig(name, at.server, ca, 'kubelet', kubelet))
  return { certificates, api: connectApi(at.server, ca, admin) }
}

/** Starts a bed in this process. Undoes what it began when the start fails or is aborted. */
export const runBed = async (options: BedOptions, signal: AbortSignal): Promise<RunningBed> => {
  const supervisor = processId(process.pid)
  const cgroup = options.pods === 'simulated' ? undefined : cgroupOf(options.name, process.pid)
  const paths = await claimName(options.name, { name: options.name, supervisor, cgroup, state: 'starting' })
  const undo: (() => Promise<void>)[] = []
  const down = async (downSignal: AbortSignal): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
    await removeLeftovers(paths, cgroup, downSignal)
  }
  try {
    const prepared = await prepare(paths, cgroup, signal)
    const { namespaces, at, resolver } = prepared
    if (namespaces) undo.push(namespaces.end)
    const { api } = await writeCredentials(prepared, options.name, signal)

    const outside = superviseProcesses(paths.folder, paths.logs, 'here')
    undo.push(outside.killAll)
    const inside = namespaces ? superviseProcesses(paths.folder, paths.logs, { initPid: namespaces.init.pid }) : outside
    if (inside !== outside) undo.push(inside.killAll)

    const importImages = async (images: readonly Image[], importSignal: AbortSignal): Promise<void> => {
      if (!namespaces) return
      const archive = `${paths.folder}/images-${crypto.randomUUID()}.tar`
      await writeFile(archive, await imageArchive(images))
      try {
        await ctr(namespaces, ['images', 'import', archive], importSignal)
      } finally {
        await rm(archive, { force: true })
      }
    }

    if (options.dns) await startHostDns(paths, resolver, outside)
    const startPods = async (): Promise<void> => {
      if (!namespaces) return
      await startContainerd(paths, options.network, namespaces, inside, signal)
      await ctr(namespaces, ['images', 'import', await baseImagesArchive(signal)], signal)
    }
    await Promise.all([startControlPlane(paths, at, inside, api, signal), startPods()])
    startKwok(paths, namespaces?.addresses.simulatedNetwork ?? simulatedPodNetwork, inside)
    if (options.storage) {
      const stop = new AbortController()
      await api.apply(storageClass, signal)
      const providing = provideVolumes(api, paths.volumes, stop.signal).catch((error) => {
        if (!stop.signal.aborted) console.error('The volumes loop ended:', error)
      })
      undo.push(async () => {
        stop.abort()
        await providing
      })
    }
    const isolated = namespaces !== undefined
    const starts: Promise<unknown>[] = []
    const startNodeAndNetwork = async (within: Namespaces): Promise<void> => {
      await startNode(paths, options, within, cgroup ?? '', inside, api, signal)
      if (options.network === 'cilium') await startCilium(paths, within, inside, signal)
    }
    if (namespaces) starts.push(startNodeAndNetwork(namespaces))
    if (options.simulatedNodes > 0) starts.push(addSimulatedNodes(api, options.simulatedNodes, isolated, signal))
    if (options.flux !== false) starts.push(applyFluxCrds(api, signal))
    if (options.dns && namespaces)
      for (const manifest of clusterDnsManifests(namespaces.addresses.dnsService, resolver.address))
        starts.push(api.apply(manifest, signal))
    await Promise.all(starts)
    // Without a network no pod starts until one is installed.
    if (namespaces && options.network !== 'none') {
      if (options.dns) await waitForDeployment(api, 'kube-system', 'coredns', signal)
      if (options.flux === 'controller') await startFluxController(api, signal)
    }

    const facts: BedFacts = {
      name: options.name,
      folder: paths.folder,
      kubeconfig: paths.kubeconfig,
      pods: options.pods,
      network: options.network,
      nodeAddress: namespaces?.addresses.node ?? '127.0.0.1',
      hostAddress: namespaces?.addresses.host ?? '127.0.0.1',
      resolver,
      namespace: namespaces ? `/proc/${namespaces.init.pid}/ns/net` : undefined,
      initPid: namespaces?.init.pid,
      hostInterface: namespaces?.addresses.hostInterface,
      fluxCrds: fluxCrdsFolder(),
    }
    await writeRecord(paths, { name: options.name, supervisor, cgroup, state: 'up', facts })
    let apiRuns = true
    return {
      facts,
      stopApiServer: async () => {
        apiRuns = false
        await inside.kill('kube-apiserver')
      },
      startApiServer: async (startSignal) => {
        if (apiRuns) return
        apiRuns = true
        await startApiServer(paths, at, inside, api, startSignal)
      },
      importImages,
      addSimulatedNodes: (count, addSignal) => addSimulatedNodes(api, count, isolated, addSignal),
      addHostNames: (names, addSignal) => addHostNames(paths, resolver, names, addSignal),
      down,
    }
  } catch (error) {
    await down(AbortSignal.timeout(30_000))
    throw error
  }
}
