import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Problem } from '../preload/contract/problem.ts'

/** A cluster that the demo builds and starts on this computer. */
interface OwnCluster {
  readonly kind: 'own'
  readonly network: 'bridge' | 'cilium'
}

/** A cluster that is already there. */
export interface GivenCluster {
  readonly kind: 'given'
  readonly context: string
  /** Absolute, in their order of precedence. */
  readonly kubeconfigs: readonly string[]
  /** Registry, with a path or without, that has the images; absent: the public ones. */
  readonly images?: string
  /** Changes the cluster without a question. */
  readonly yes: boolean
}

export type DemoOptions = (OwnCluster | GivenCluster) & { readonly headless: boolean }

const registryForm = /^[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*$/

/** The options of `npm run demo`. Throws USAGE_INVALID. Pure. */
export function parseDemoOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoOptions {
  const { headless, network, context, kubeconfig, images, yes } = parse(args)
  if (context === undefined) {
    if (kubeconfig !== undefined || images !== undefined || yes)
      throw invalid(
        '--kubeconfig, --images and --yes need --context NAME: without it, the demo starts its own cluster.',
      )
    const known = z.literal(['bridge', 'cilium']).safeParse(network ?? 'bridge')
    if (!known.success) throw invalid(`--network is bridge or cilium, not "${network}".`)
    return { kind: 'own', network: known.data, headless }
  }
  if (network !== undefined) throw invalid('--network is for the cluster that the demo starts: omit it with --context.')
  if (images !== undefined && !registryForm.test(images))
    throw invalid(`--images is a registry such as registry.example.com/mirror, not "${images}".`)
  const files = kubeconfig ?? environment.KUBECONFIG
  const kubeconfigs = (files || join(homedir(), '.kube', 'config')).split(delimiter).filter((file) => file !== '')
  return { kind: 'given', context, kubeconfigs: kubeconfigs.map((file) => resolve(file)), images, yes, headless }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        headless: { type: 'boolean', default: false },
        network: { type: 'string' },
        context: { type: 'string' },
        kubeconfig: { type: 'string' },
        images: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
}

const invalid = (message: string): Problem => new Problem('USAGE_INVALID', message)
