import { coerce, gte, lt } from 'semver'
import { type KubernetesObject, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { ciliumOptions, ciliumVersion, networkPluginsIn } from '../rules/network-plugins.ts'
import { nodesNotListed } from '../rules/nodes.ts'

/** https://docs.cilium.io/en/stable/operations/system_requirements/: the kernel of RHEL 8 has what was added later. */
const rhelKernel = /^4\.18\..*\.el8/
const wireguardKernel = '5.6.0'

const kernelFor = (cilium: string): string =>
  gte(cilium, '1.18.0') ? '5.10.0' : gte(cilium, '1.16.0') ? '5.4.0' : '4.19.57'

interface Requirements {
  readonly kernel: string
  readonly why: string
}

const infoOf = (node: KubernetesObject, field: string): string => textAt(node, 'status', 'nodeInfo', field) ?? ''

/** Pure. */
export function compareKernels(
  nodes: readonly KubernetesObject[],
  { version, wireguard }: { readonly version: string; readonly wireguard: boolean },
): CheckOutcome {
  const required: Requirements[] = [
    { kernel: kernelFor(version), why: `Cilium ${version}` },
    ...(wireguard ? [{ kernel: wireguardKernel, why: 'WireGuard' }] : []),
  ]
  const faults = nodes.flatMap((node) => {
    const text = infoOf(node, 'kernelVersion')
    const kernel = coerce(text)
    const os = infoOf(node, 'operatingSystem')
    if (os !== '' && os !== 'linux') return [`${nameOf(node)}: ${os}; Cilium runs on Linux only`]
    const architecture = infoOf(node, 'architecture')
    if (architecture !== '' && !/^(amd64|arm64)$/.test(architecture))
      return [`${nameOf(node)}: ${architecture}; Cilium has images for amd64 and arm64`]
    if (kernel === null) return []
    return required.flatMap(({ kernel: minimum, why }) =>
      lt(kernel, minimum) && !(why.startsWith('Cilium') && rhelKernel.test(text))
        ? [`${nameOf(node)}: kernel ${text}; ${why} needs ${minimum}`]
        : [],
    )
  })
  if (faults.length > 0) {
    return {
      verdict: 'fail',
      message: `Nodes that the network plugin does not support: ${summary(faults, 3)}.`,
      hint: 'Upgrade the operating system of the nodes, or use another node image.',
      evidence: faults.join('\n'),
    }
  }
  const evidence = nodes.map((node) => `${nameOf(node)}: ${infoOf(node, 'kernelVersion')}`).join('\n')
  if (wireguard) {
    return {
      verdict: 'warn',
      message: 'The kernels are new enough for WireGuard. Whether they have its module is not visible from here.',
      hint: 'After the install, check that encryption is active: `cilium-dbg encrypt status` in a pod of Cilium.',
      evidence,
    }
  }
  return pass(`The kernels of all ${nodes.length} nodes support Cilium ${version}.`, evidence)
}

export const nodeKernel = defineCheck({
  id: 'node.kernel',
  title: 'Node kernels',
  category: 'nodes',
  severity: 'strict',
  needs: ['nodes', 'rendered'],
  about:
    'If a chart of the plane brings Cilium: compares kernel, operating system and architecture of each node with what that version needs (5.10 from Cilium 1.18 on, 5.4 from 1.16, 4.19.57 before; RHEL 8 is supported), and with WireGuard’s 5.6 where it is enabled.',
  remedy:
    'AKS: a newer node image (Ubuntu 22.04 or Azure Linux). EKS: Amazon Linux 2023 or Bottlerocket. GKE: Container-Optimized OS. On premises: a distribution with a newer kernel. The module of WireGuard is not visible through the API; without it, traffic is not encrypted or the agents do not start.',
  decide({ nodes, rendered }) {
    const objects = [...rendered.values()].flat()
    if (!networkPluginsIn(objects).some(({ name }) => name === 'Cilium'))
      return skipped('No chart of the plane has requirements for the kernel.')
    if (nodes === undefined) return nodesNotListed
    const version = ciliumVersion(objects)
    if (version === undefined) return skipped('The version of Cilium is not visible in the image’s tag.')
    return compareKernels(nodes, { version, wireguard: ciliumOptions(objects)['enable-wireguard'] === 'true' })
  },
})
