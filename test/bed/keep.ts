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
import { cgroupOf, type Places } from './layout.ts'
import { createNamespaces, type Namespaces } from './namespaces.ts'
import type { BedOptions } from './options.ts'
import { superviseProcesses } from './processes.ts'
import { fluxCrdsFolder } from './programs.ts'
import { ctr, nodeName, startContainerd, startNode } from './real-node.ts'
import { type BedFacts, claimName, removeRemains, writeRecord } from './record.ts'
import { addSimulatedNodes, startKwok } from './simulated.ts'
import { provideVolumes, storageClass } from './storage.ts'

/** A running bed, in the process that everything of it ends with. */
export type Kept = {
  readonly facts: BedFacts
  stopApiServer(): Promise<void>
  startApiServer(signal: AbortSignal): Promise<void>
  importImages(images: readonly Image[], signal: AbortSignal): Promise<void>
  addSimulatedNodes(count: number, signal: AbortSignal): Promise<string[]>
  addHostNames(names: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>
  down(signal: AbortSignal): Promise<void>
}

const simulatedPodNetwork = '10.0.0.1/16'

type Ground = { places: Places; namespaces: Namespaces | undefined; at: Endpoints; resolver: Resolving }

/** Names, addresses and, for real pods, namespaces. */
const prepare = async (places: Places, cgroup: string | undefined, signal: AbortSignal): Promise<Ground> => {
  if (cgroup === undefined) {
    const [port = 0] = await freePorts(1)
    const resolver = { address: '127.0.0.1', port }
    return { places, namespaces: undefined, at: await endpointsOnLoopback(), resolver }
  }
  const namespaces = await createNamespaces(places, cgroup, signal)
  const { addresses } = namespaces
  return { places, namespaces, at: endpointsWithin(addresses), resolver: { address: addresses.host, port: 53 } }
}

const writeCredentials = async (
  { places, at }: Ground,
  name: string,
  signal: AbortSignal,
): Promise<{ certificates: Certificates; api: Api }> => {
  const node = { name: nodeName, address: at.advertise }
  const certificates = await makeCertificates(places.certificates, at.names, node, signal)
  const { ca, admin, kubelet } = certificates
  const write = (file: string, text: string) => writeFile(file, text, { mode: 0o600 })
  await write(places.kubeconfig, kubeconfig(name, at.server, ca, 'admin', admin))
  await write(places.kubeletKubeconfig, kubeconfig(name, at.server, ca, 'kubelet', kubelet))
  return { certificates, api: connectApi(at.server, ca, admin) }
}

/** Starts a bed and keeps it. What was begun is undone where that fails or is aborted. */
export const keepBed = async (options: BedOptions, signal: AbortSignal): Promise<Kept> => {
  const keeper = processId(process.pid)
  const cgroup = options.pods === 'simulated' ? undefined : cgroupOf(options.name, process.pid)
  const places = await claimName(options.name, { name: options.name, keeper, cgroup, state: 'starting' })
  const undo: (() => Promise<void>)[] = []
  const down = async (downSignal: AbortSignal): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
    await removeRemains(places, cgroup, downSignal)
  }
  try {
    const ground = await prepare(places, cgroup, signal)
    const { namespaces, at, resolver } = ground
    if (namespaces) undo.push(namespaces.end)
    const { api } = await writeCredentials(ground, options.name, signal)

    const outside = superviseProcesses(places.folder, places.logs, 'here')
    undo.push(outside.killAll)
    const inside = namespaces
      ? superviseProcesses(places.folder, places.logs, { initPid: namespaces.init.pid })
      : outside
    if (inside !== outside) undo.push(inside.killAll)

    const importImages = async (images: readonly Image[], importSignal: AbortSignal): Promise<void> => {
      if (!namespaces) return
      const archive = `${places.folder}/images-${crypto.randomUUID()}.tar`
      await writeFile(archive, await imageArchive(images))
      try {
        await ctr(namespaces, ['images', 'import', archive], importSignal)
      } finally {
        await rm(archive, { force: true })
      }
    }

    if (options.dns) await startHostDns(places, resolver, outside)
    const startPods = async (): Promise<void> => {
      if (!namespaces) return
      await startContainerd(places, options.network, namespaces, inside, signal)
      await ctr(namespaces, ['images', 'import', await baseImagesArchive(signal)], signal)
    }
    await Promise.all([startControlPlane(places, at, inside, api, signal), startPods()])
    startKwok(places, namespaces?.addresses.simulatedNetwork ?? simulatedPodNetwork, inside)
    if (options.storage) {
      const stop = new AbortController()
      await api.apply(storageClass, signal)
      const providing = provideVolumes(api, places.volumes, stop.signal).catch((error) => {
        if (!stop.signal.aborted) console.error('The volumes loop ended:', error)
      })
      undo.push(async () => {
        stop.abort()
        await providing
      })
    }
    const apart = namespaces !== undefined
    const starts: Promise<unknown>[] = []
    const startNodeAndNetwork = async (within: Namespaces): Promise<void> => {
      await startNode(places, options.network, within, cgroup ?? '', inside, api, signal)
      if (options.network === 'cilium') await startCilium(places, within, inside, signal)
    }
    if (namespaces) starts.push(startNodeAndNetwork(namespaces))
    if (options.simulatedNodes > 0) starts.push(addSimulatedNodes(api, options.simulatedNodes, apart, signal))
    if (options.flux !== false) starts.push(applyFluxCrds(api, signal))
    if (options.dns && namespaces)
      for (const manifest of clusterDnsManifests(namespaces.addresses.dnsService, resolver.address))
        starts.push(api.apply(manifest, signal))
    await Promise.all(starts)
    // Without a network no pod starts before somebody brings one.
    if (namespaces && options.network !== 'none') {
      if (options.dns) await waitForDeployment(api, 'kube-system', 'coredns', signal)
      if (options.flux === 'controller') await startFluxController(api, signal)
    }

    const facts: BedFacts = {
      name: options.name,
      folder: places.folder,
      kubeconfig: places.kubeconfig,
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
    await writeRecord(places, { name: options.name, keeper, cgroup, state: 'up', facts })
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
        await startApiServer(places, at, inside, api, startSignal)
      },
      importImages,
      addSimulatedNodes: (count, addSignal) => addSimulatedNodes(api, count, apart, addSignal),
      addHostNames: (names, addSignal) => addHostNames(places, resolver, names, addSignal),
      down,
    }
  } catch (error) {
    await down(AbortSignal.timeout(30_000))
    throw error
  }
}
