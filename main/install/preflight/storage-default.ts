import { kinds, listIfAllowed } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'

const defaultMark = 'storageclass.kubernetes.io/is-default-class'

/** Storage classes that the charts name; an empty name stands for the default one. */
function storageAskedFor(objects: readonly KubernetesObject[]): string[] {
  const claims = objects.flatMap((object) => {
    if (object.kind === 'PersistentVolumeClaim') return [object.spec]
    if (object.kind !== 'StatefulSet') return []
    return listAt(object, 'spec', 'volumeClaimTemplates').map((template) => Reflect.get(Object(template), 'spec'))
  })
  return claims.map((spec) => textAt(spec, 'storageClassName') ?? '')
}

export const storageDefault: Check = {
  id: 'storage.default',
  title: 'Storage for volumes',
  strict: true,
  async look(facts, signal) {
    const rendered = [...(await facts.rendered()).values()].flat()
    const asked = new Set([
      ...storageAskedFor(rendered),
      ...(facts.scene.loaded.profile.requirements.storageClass ? [''] : []),
    ])
    if (asked.size === 0) return skipped('The plane asks for no volumes.')
    const classes = await listIfAllowed(facts.client, kinds.storageClass, {}, signal)
    if (classes === undefined) {
      return {
        verdict: 'unknown',
        message: 'This user may not list storage classes.',
        hint: 'Ask for "list storageclasses".',
      }
    }
    const names = classes.map(nameOf)
    const standard = classes.filter(({ metadata }) => metadata?.annotations?.[defaultMark] === 'true').map(nameOf)
    const missing = [...asked].filter((name) => (name === '' ? standard.length === 0 : !names.includes(name)))
    const evidence =
      names.length === 0
        ? 'no storage class'
        : names.map((name) => (standard.includes(name) ? `${name} (default)` : name)).join('\n')
    if (missing.length > 0) {
      const said = missing.map((name) => (name === '' ? 'a default storage class' : `storage class ${name}`)).join(', ')
      const hint = 'Create it, or mark one as the default, or name another one in the values.'
      return { verdict: 'fail', message: `The plane needs ${said}; the cluster has none.`, hint, evidence }
    }
    if (asked.has('') && standard.length > 1) {
      const hint = 'Mark one only.'
      return {
        verdict: 'warn',
        message: `More than one default storage class: ${standard.join(', ')}.`,
        hint,
        evidence,
      }
    }
    return pass(asked.has('') ? `${standard[0]} is the default.` : 'All named storage classes are there.', evidence)
  },
}
