import { ScimError, type ScimType } from '../scim-error.ts';
import type { AttributePath, Comparand, Filter, Operator } from './filter.ts';
import { type Token, tokenize } from './tokens.ts';

const OPERATORS: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
// Deep nesting buys no client anything and would let a request exhaust the stack.
const MAX_DEPTH = 64;
const MAX_TERMS = 256;
const SHOWN = 120;
const NAME = /^[A-Za-z$][\w$-]*$/;

/** Parses a filter. Throws 400 `invalidFilter` that names the place and what was expected. */
export function parseFilter(text: string): Filter {
  const reader = new FilterReader(tokenize(text, 'invalidFilter'), text, 'invalidFilter');
  const filter = reader.disjunction(0);
  reader.end();
  return filter;
}

/** Parses `[schema:]attribute[.sub]`; dots and colons inside a URN are not separators (RFC 7644 section 3.10). */
export function parseAttributePath(text: string, scimType: ScimType): AttributePath {
  const colon = text.lastIndexOf(':');
  const schema = colon < 0 ? undefined : text.slice(0, colon);
  const [attribute = '', sub, ...more] = text.slice(colon + 1).split('.');
  const named = NAME.test(attribute) && (sub === undefined || NAME.test(sub)) && more.length === 0;
  if (!named || (schema !== undefined && !/^urn:/i.test(schema))) {
    throw new ScimError(
      400,
      `"${shortened(text)}" is not an attribute: expected a name such as userName, name.givenName or urn:…:User:dockerRole.`,
      scimType,
    );
  }
  return { ...(schema === undefined ? {} : { schema }), attribute, ...(sub === undefined ? {} : { sub }) };
}

/** Recursive descent over the grammar of RFC 7644 figure 1: `not` binds tightest, then `and`, then `or`. */
export class FilterReader {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  readonly #scimType: ScimType;
  #next = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], text: string, scimType: ScimType) {
    this.#tokens = tokens;
    this.#text = text;
    this.#scimType = scimType;
  }

  /** The next token without taking it. */
  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  /** Takes the next token. */
  take(expected: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.refuse(`it ends where ${expected} is expected`);
    this.#next += 1;
    return token;
  }

  /** Takes a bracket or parenthesis, or refuses. */
  expect(kind: Token['kind']): void {
    const token = this.take(`"${kind}"`);
    if (token.kind !== kind) throw this.refuse(`"${kind}" is expected`, token);
  }

  /** Refuses anything left over. */
  end(): void {
    const token = this.peek();
    if (token !== undefined) throw this.refuse('nothing more is expected', token);
  }

  /** `a or b or c` */
  disjunction(depth: number): Filter {
    let left = this.#conjunction(depth);
    while (this.#isWord('or')) {
      this.#next += 1;
      left = { kind: 'or', left, right: this.#conjunction(depth) };
    }
    return left;
  }

  refuse(why: string, token?: Token): ScimError {
    const place = token === undefined ? '' : ` at character ${token.at + 1} ("${shortened(token.text)}")`;
    return new ScimError(400, `"${shortened(this.#text)}" cannot be read${place}: ${why}.`, this.#scimType);
  }

  #conjunction(depth: number): Filter {
    let left = this.#term(depth);
    while (this.#isWord('and')) {
      this.#next += 1;
      left = { kind: 'and', left, right: this.#term(depth) };
    }
    return left;
  }

  #term(depth: number): Filter {
    this.#terms += 1;
    if (depth > MAX_DEPTH || this.#terms > MAX_TERMS)
      throw this.refuse('it is nested too deeply or has too many terms');
    if (this.#isWord('not') && this.#tokens[this.#next + 1]?.kind === '(') {
      this.#next += 1;
      return { kind: 'not', filter: this.#parenthesis(depth) };
    }
    return this.peek()?.kind === '(' ? this.#parenthesis(depth) : this.#expression(depth);
  }

  #parenthesis(depth: number): Filter {
    this.expect('(');
    const filter = this.disjunction(depth + 1);
    this.expect(')');
    return filter;
  }

  #expression(depth: number): Filter {
    const token = this.take('an attribute');
    if (token.kind !== 'word') throw this.refuse('an attribute is expected', token);
    const path = parseAttributePath(token.text, this.#scimType);
    if (this.peek()?.kind === '[') {
      this.expect('[');
      const filter = this.disjunction(depth + 1);
      this.expect(']');
      return this.#afterElement({ kind: 'element', path, filter });
    }
    const operator = this.take('an operator');
    const folded = operator.kind === 'word' ? operator.text.toLowerCase() : '';
    if (folded === 'pr') return { kind: 'present', path };
    if (!isOperator(folded))
      throw this.refuse(`an operator is expected: ${OPERATORS.join(', ')} or pr`, operator);
    return { kind: 'compare', path, operator: folded, value: this.#comparand() };
  }

  // `emails[type eq "work"].value eq "x"` is beyond the grammar, but Entra sends it when an address is the matching
  // attribute: it means that one element satisfies both.
  #afterElement(element: Extract<Filter, { kind: 'element' }>): Filter {
    const token = this.peek();
    if (token?.kind !== 'word' || !token.text.startsWith('.')) return element;
    this.#next += 1;
    const path = parseAttributePath(token.text.slice(1), this.#scimType);
    const operator = this.take('an operator');
    const folded = operator.kind === 'word' ? operator.text.toLowerCase() : '';
    if (folded === 'pr') {
      return { ...element, filter: { kind: 'and', left: element.filter, right: { kind: 'present', path } } };
    }
    if (!isOperator(folded))
      throw this.refuse(`an operator is expected: ${OPERATORS.join(', ')} or pr`, operator);
    const right: Filter = { kind: 'compare', path, operator: folded, value: this.#comparand() };
    return { ...element, filter: { kind: 'and', left: element.filter, right } };
  }

  #comparand(): Comparand {
    const token = this.take('a value');
    if (token.kind === 'string') return token.text;
    if (token.kind === 'word') {
      const folded = token.text.toLowerCase();
      if (folded === 'true') return true;
      if (folded === 'false') return false;
      if (folded === 'null') return null;
      if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(token.text)) return Number(token.text);
    }
    throw this.refuse('a value is expected: a string in double quotes, a number, true, false or null', token);
  }

  #isWord(word: string): boolean {
    const token = this.peek();
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }
}

/** As much of what was sent as helps to find it. */
function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN).join('')}…`;
}

function isOperator(text: string): text is Operator {
  return OPERATORS.includes(text);
}
