import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { kinds } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class'

/** The storage classes that the charts request; an empty name means the default class. */
function requestedStorageClasses(objects: readonly KubernetesObject[]): string[] {
  const claims = objects.flatMap((object) => {
    if (object.kind === 'PersistentVolumeClaim') return [object.spec]
    if (object.kind !== 'StatefulSet') return []
    return listAt(object, 'spec', 'volumeClaimTemplates').map((template) => Reflect.get(Object(template), 'spec'))
  })
  return claims.map((spec) => textAt(spec, 'storageClassName') ?? '')
}

export const storageDefault: Check = {
  id: 'storage.default',
  title: 'Storage classes',
  strict: true,
  async run(facts, signal) {
    const rendered = [...(await facts.rendered()).values()].flat()
    const requested = new Set([
      ...requestedStorageClasses(rendered),
      ...(facts.session.loaded.profile.requirements.storageClass ? [''] : []),
    ])
    if (requested.size === 0) return skipped('The plane needs no volumes.')
    const classes = await listIfAllowed(facts.client, kinds.storageClass, {}, signal)
    if (classes === undefined) {
      return {
        verdict: 'unknown',
        message: 'This user is not permitted to list storage classes.',
        hint: 'Ask the cluster administrator for the permission "list storageclasses".',
      }
    }
    const names = classes.map(nameOf)
    const defaults = classes.filter(({ metadata }) => metadata?.annotations?.[defaultAnnotation] === 'true').map(nameOf)
    const missing = [...requested].filter((name) => (name === '' ? defaults.length === 0 : !names.includes(name)))
    const evidence =
      names.length === 0
        ? 'no storage class'
        : names.map((name) => (defaults.includes(name) ? `${name} (default)` : name)).join('\n')
    if (missing.length > 0) {
      const needs = missing.map((name) => (name === '' ? 'default storage class' : `storage class ${name}`))
      const hint = 'Create the class, mark one as the default, or set another one in the values.'
      return { verdict: 'fail', message: `The cluster has no ${needs.join(' and no ')}.`, hint, evidence }
    }
    if (requested.has('') && defaults.length > 1) {
      return {
        verdict: 'warn',
        message: `More than one default storage class: ${defaults.join(', ')}.`,
        hint: 'Mark only one as the default.',
        evidence,
      }
    }
    return pass(requested.has('') ? `${defaults[0]} is the default.` : 'All storage classes exist.', evidence)
  },
}
