import { Level } from '../../../preload/contract/logs.ts'
import { fold } from './evaluate.ts'
import { compileRegex } from './regex.ts'
import { regexRequirement } from './regex-literals.ts'
import { noRequirement, type Requirement } from './requirement.ts'
import { isOrigin, type LogExpression, type Pattern, type Regex } from './syntax.ts'

/** Pure. */
export function requirementOf(expression: LogExpression): Requirement {
  switch (expression.kind) {
    case 'and':
      return { kind: 'all', of: expression.of.map(requirementOf) }
    case 'or':
      return { kind: 'any', of: expression.of.map(requirementOf) }
    case 'not':
      return negated(expression.of)
    case 'text':
      return { kind: 'text', text: fold(expression.text) }
    case 'regex':
      return { kind: 'all', of: [withoutShortTexts(regexRequirement(expression.regex)), startsOf(expression.regex)] }
    case 'level':
    case 'time':
      return expression
    case 'field': {
      const { name, pattern } = expression
      if (isOrigin(name)) return { kind: 'origin', name, pattern }
      // Hangar's own name for how a line is written is not in the line.
      return fold(name) === 'format' ? noRequirement : valueRequirement(pattern)
    }
    case 'compare':
      return noRequirement
  }
}

function startsOf(regex: Regex): Requirement {
  const { starts } = compileRegex(regex)
  return starts === undefined ? noRequirement : { kind: 'starts', starts }
}

/** No block is skipped by less than three characters, and to look for them takes longer than to match the expression. */
function withoutShortTexts(requirement: Requirement): Requirement {
  if (requirement.kind === 'text') return requirement.text.length < 3 ? noRequirement : requirement
  if (requirement.kind !== 'all' && requirement.kind !== 'any') return requirement
  return { kind: requirement.kind, of: requirement.of.map(withoutShortTexts) }
}

/** A block that has what is excluded may have other records too, except where the block says what all of them have. */
function negated(expression: LogExpression): Requirement {
  if (expression.kind === 'not') return requirementOf(expression.of)
  if (expression.kind === 'level') {
    return { kind: 'level', levels: [null, ...Level.values].filter((level) => !expression.levels.includes(level)) }
  }
  if (expression.kind !== 'time') return noRequirement
  const { fromMs, toMs } = expression
  return {
    kind: 'any',
    of: [
      { kind: 'time', fromMs: Number.NEGATIVE_INFINITY, toMs: fromMs },
      { kind: 'time', fromMs: toMs, toMs: Number.POSITIVE_INFINITY },
    ],
  }
}

/** The value can be escaped in the line (JSON, quotes): only its runs of ASCII letters and digits are there for certain. */
function valueRequirement(pattern: Pattern): Requirement {
  if (pattern.kind === 'regex') {
    const inValue = regexRequirement(pattern.regex)
    return inValue.kind === 'text' ? alphanumericRuns([inValue.text]) : noRequirement
  }
  return alphanumericRuns(pattern.parts.map(fold))
}

const alphanumericRuns = (texts: readonly string[]): Requirement => ({
  kind: 'all',
  of: texts.flatMap((each) => (each.match(/[0-9a-z]{3,}/g) ?? []).map((text): Requirement => ({ kind: 'text', text }))),
})
