import type { FieldChange, ObjectChange, Plan, PlanStep } from '../../preload/contract/install.ts'
import type { ObjectReference } from '../../preload/contract/words.ts'
import { lineDiff } from '../../preload/line-diff.ts'
import { exactText } from '../../preload/visible-text.ts'

const nothing = '/dev/null'
/** Names are on one line: text of a cluster must not look like a line of the diff. */
const nameOf = ({ kind, namespace, name }: ObjectReference): string =>
  exactText(`${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`)

const creating = new Set<PlanStep['kind']>(['namespace', 'helm-install'])
const deleting = new Set<PlanStep['kind']>(['helm-uninstall', 'flux-delete', 'delete'])

/** Pure: a plan as a diff, object by object, in the form of `diff --unified`. Fields take the place of line numbers. */
export function planDiff({ steps }: Pick<Plan, 'steps'>): string {
  return steps
    .filter(({ kind }) => kind !== 'keep' && kind !== 'verify')
    .flatMap((step) => [
      `# ${exactText(step.title)}`,
      ...step.notes.map((note) => `# ${exactText(note)}`),
      ...changesOf(step).flatMap(linesOf),
      '',
    ])
    .join('\n')
}

/** A step without compared objects creates, writes or deletes all that it names. */
function changesOf({ kind, before, objects, changes }: PlanStep): readonly ObjectChange[] {
  if (changes.length > 0) return changes
  const isNew = creating.has(kind) || before === 'does not exist'
  const change = deleting.has(kind) ? 'delete' : isNew ? 'create' : 'change'
  return objects.map((object) => ({ object, change, fields: [], moreFields: 0 }))
}

function linesOf({ object, change, fields, moreFields }: ObjectChange): string[] {
  const name = nameOf(object)
  return [
    `--- ${change === 'create' ? nothing : name}`,
    `+++ ${change === 'delete' ? nothing : name}`,
    ...(change === 'recreate' ? ['@@ deleted and created again @@'] : []),
    ...fields.flatMap(fieldLines),
    ...(moreFields > 0 ? [`@@ ${moreFields} more fields @@`] : []),
  ]
}

function fieldLines({ path, before, after, hidden, managers }: FieldChange): string[] {
  const by = managers.length === 0 ? '' : ` set by ${managers.join(', ')}`
  const values = hidden ? ['-[hidden]', '+[hidden]'] : lineDiff(before, after).map(({ sign, text }) => `${sign}${text}`)
  return [`@@ ${exactText(path)} @@${exactText(by)}`, ...values]
}
