import { stringify } from 'yaml'
import { type Fields, isFields } from '../health/fields.ts'
import type { KubernetesObject } from '../health/object.ts'
import { redact } from '../lib/rules/redaction.ts'
import { isSecretName } from '../lib/rules/secret-name.ts'

export interface MaskedYaml {
  readonly yaml: string
  readonly hidden: number
  readonly cut: boolean
}

const hiddenValue = '***'
const longestYaml = 262_144
/** Printing more takes seconds: a pod has some hundred values, the definition of a kind up to a few thousand. */
const shownValues = 4_000
const longestText = 16_384
const deepest = 60
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
/** "helm.sh/hook" and "key" of a toleration or a reference are no secrets; below `values` of a chart they can be. */
const harmlessName = /^key$|hook/i
const valuesField = /^(values|valuesObject|data|stringData|config|parameters)$/

/**
 * An object as YAML, as `kubectl get -o yaml` prints it, without managedFields and with each value hidden that may be a secret:
 * data of a Secret, values below such a name, of such a variable or option, and what looks like a token. Pure.
 */
export function maskedYaml(object: KubernetesObject): MaskedYaml {
  const mask = new Mask(object.kind === 'Secret')
  const { managedFields: _, ...metadata } = object.metadata
  const masked = mask.fields({ ...object, metadata }, false)
  // Names and texts on one line each: a fold adds line ends that the object does not have.
  const whole = stringify(masked, { lineWidth: 0, aliasDuplicateObjects: false })
  const { yaml, cut } = limited(whole)
  return { yaml, hidden: mask.hidden, cut: cut || mask.cut }
}

function limited(yaml: string): Pick<MaskedYaml, 'yaml' | 'cut'> {
  if (yaml.length <= longestYaml) return { yaml, cut: false }
  const end = yaml.lastIndexOf('\n', longestYaml)
  return { yaml: yaml.slice(0, end === -1 ? longestYaml : end + 1).toWellFormed(), cut: true }
}

class Mask {
  /** How many values were hidden. */
  hidden = 0
  /** Something was left out. */
  cut = false
  #values = 0
  #depth = 0
  readonly #isSecret: boolean

  constructor(isSecret: boolean) {
    this.#isSecret = isSecret
  }

  /** `within`: below the values of a chart, whose names are chosen by its author. */
  fields(fields: Fields, within: boolean): Fields {
    const variable = typeof fields.name === 'string' && isSecretName(fields.name)
    return Object.fromEntries(
      this.#shown(Object.entries(fields)).map(([name, value]) => {
        if (this.#isSecret && (name === 'data' || name === 'stringData')) return [name, this.#all(value)]
        if (name === 'annotations' && isFields(value)) return [name, this.#annotations(value)]
        if (variable && name === 'value') return [name, this.#all(value)]
        return [name, this.#value(name, value, within || valuesField.test(name))]
      }),
    )
  }

  #value(name: string, value: unknown, within: boolean): unknown {
    this.#values += 1
    if (typeof value === 'object' && value !== null) {
      if (this.#values > shownValues || this.#depth >= deepest) {
        this.cut = true
        return '…'
      }
      this.#depth += 1
      const shown = Array.isArray(value) ? this.#list(name, value, within) : this.fields({ ...value }, within)
      this.#depth -= 1
      return shown
    }
    const isNamed = isSecretName(name) && (within || !harmlessName.test(name))
    if (isNamed && (typeof value === 'string' || (within && typeof value === 'number'))) return this.#hide(value)
    return typeof value === 'string' ? this.#text(value) : value
  }

  /** Options of a program: "--password=x" and "--password", "x". */
  #list(name: string, list: readonly unknown[], within: boolean): unknown[] {
    const isCommand = name === 'args' || name === 'command'
    return this.#shown(list).map((item, at) => {
      if (!isCommand || typeof item !== 'string') return this.#value(name, item, within)
      const before = list[at - 1]
      if (typeof before === 'string' && !before.includes('=') && isOption(before) && !isOptionText(item)) {
        return this.#secretOption('', item)
      }
      const [, option = '', value = ''] = /^(-[\w.-]+=)([\s\S]*)$/.exec(item) ?? []
      return option !== '' && isOption(option.slice(0, -1)) ? this.#secretOption(option, value) : this.#text(item)
    })
  }

  /** A file is named, not shown. */
  #secretOption(option: string, value: string): string {
    if (value === '' || value.startsWith('/') || /^(true|false)$/.test(value)) return `${option}${value}`
    this.hidden += 1
    return `${option}${hiddenValue}`
  }

  #annotations(annotations: Fields): Fields {
    return Object.fromEntries(
      this.#shown(Object.entries(annotations)).map(([name, value]) => [
        name,
        name === lastApplied ? this.#hide(value) : this.#value(name, value, false),
      ]),
    )
  }

  #all(value: unknown): unknown {
    if (!isFields(value)) return this.#hide(value)
    return Object.fromEntries(this.#shown(Object.entries(value)).map(([name, each]) => [name, this.#hide(each)]))
  }

  #hide(value: unknown): unknown {
    if (value === '' || value === null || value === undefined) return value
    this.hidden += 1
    return hiddenValue
  }

  /** As many entries as are still printed. */
  #shown<Entry>(entries: readonly Entry[]): readonly Entry[] {
    const rest = Math.max(0, shownValues - this.#values)
    if (entries.length > rest) this.cut = true
    return entries.slice(0, rest)
  }

  #text(text: string): string {
    const whole = text.slice(0, longestText)
    const shown = redact(whole)
    if (shown !== whole) this.hidden += 1
    if (whole.length === text.length) return shown
    this.cut = true
    return `${shown} …`
  }
}

const isOptionText = (text: string): boolean => text.startsWith('-')
const isOption = (text: string): boolean => isOptionText(text) && isSecretName(text.replace(/^-+/, ''))
