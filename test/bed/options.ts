import { z } from 'zod'

/** `none`: the node stays NotReady until a network plugin is installed. `cilium`: enforces network policies. */
export const Network = z.enum(['bridge', 'cilium', 'none'])
export type Network = z.infer<typeof Network>

export const BedOptions = z.strictObject({
  /** Lower-case letters, digits and dashes; becomes the kubeconfig's context. */
  name: z.string(),
  /** `real`: containers, root and Linux; `simulated`: kwok only, on any machine; `both`: for scale tests beside real pods. */
  pods: z.enum(['real', 'simulated', 'both']),
  network: Network,
  dns: z.boolean(),
  storage: z.boolean(),
  /** The kubelet rotates logs of containers beyond this, every 3 s; 0: its default, 10 MiB and 10 s. */
  logBytes: z.number().int().nonnegative(),
  flux: z.union([z.literal('crds'), z.literal('controller'), z.literal(false)]),
  simulatedNodes: z.number().int().nonnegative(),
})
export type BedOptions = z.infer<typeof BedOptions>
export type BedRequest = Partial<BedOptions>

/** The defaults, overridden by what was requested. */
export const completeOptions = (request: BedRequest, randomName: string): BedOptions => {
  const pods = request.pods ?? 'real'
  return BedOptions.parse({
    name: randomName,
    network: 'bridge',
    dns: true,
    storage: true,
    logBytes: 0,
    flux: false,
    simulatedNodes: pods === 'real' ? 0 : 1,
    ...request,
    pods,
  })
}
