import { at, listAt } from '../../observe/kubernetes-object.ts'

type Labels = Readonly<Record<string, string>>

/** Pure: whether a label selector (`matchLabels`, `matchExpressions`) matches; an absent or empty one matches everything. */
export function selects(selector: unknown, labels: Labels): boolean {
  const equal = Object.entries(Object(at(selector, 'matchLabels'))).every(([key, value]) => labels[key] === value)
  return equal && listAt(selector, 'matchExpressions').every((expression) => holds(expression, labels))
}

function holds(expression: unknown, labels: Labels): boolean {
  const value = labels[String(at(expression, 'key'))]
  const values = listAt(expression, 'values')
  switch (at(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
