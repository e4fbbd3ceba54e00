import type { Element } from '@xmldom/xmldom';
import type { SsoFailure } from './asserted-identity.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const SIGNATURES = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
]);
const DIGESTS = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** What is wrong with the signatures: each is of one of these elements, whose first must have one. */
export function signaturesFault(
  all: readonly Element[],
  signable: readonly Element[],
  { required = true }: { readonly required?: boolean } = {},
): SsoFailure | null {
  const ids = all.flatMap((each) => {
    const id = each.getAttribute('ID') ?? each.getAttribute('Id') ?? each.getAttribute('id');
    return id === null ? [] : [id];
  });
  if (new Set(ids).size !== ids.length) return fault('An ID occurs twice in the response.');
  const signatures = all.filter((each) => each.localName === 'Signature');
  if (signatures.some((each) => !signable.some((element) => element === each.parentNode)))
    return fault('A signature stands where none belongs.');
  const byElement = signable.map((element) => signatures.filter((each) => each.parentNode === element));
  if (required && byElement[0]?.length === 0) return fault('The assertion is not signed.');
  if (byElement.some((of) => of.length > 1)) return fault('The same element is signed twice.');
  const reasons = signable.flatMap((element, index) =>
    (byElement[index] ?? []).map((each) => signatureFault(each, element)),
  );
  const reason = reasons.find((each) => each !== null);
  return reason === undefined ? null : fault(reason);
}

/** `signed`: the element that the signature stands in, and has to be about. */
function signatureFault(signature: Element, signed: Element): string | null {
  const part = (name: string) => Array.from(signature.getElementsByTagNameNS(DSIG, name));
  const [infos, references, objects] = [part('SignedInfo'), part('Reference'), part('Object')];
  if (
    infos.length !== 1 ||
    references.length !== 1 ||
    objects.length > 0 ||
    part('SignatureValue').length !== 1
  )
    return 'A signature covers something else than the one element that it stands in.';
  if (references[0]?.getAttribute('URI') !== `#${signed.getAttribute('ID') ?? ''}`)
    return 'A signature is about another element than the one that it stands in.';
  const method = part('SignatureMethod')[0]?.getAttribute('Algorithm') ?? '';
  if (!SIGNATURES.has(method))
    return `The signature algorithm ${method} is not accepted; use RSA with SHA-256.`;
  const digest = part('DigestMethod')[0]?.getAttribute('Algorithm') ?? '';
  if (!DIGESTS.has(digest)) return `The digest algorithm ${digest} is not accepted; use SHA-256.`;
  const transforms = part('Transform').map((each) => each.getAttribute('Algorithm') ?? '');
  if (transforms.some((each) => each !== EXCLUSIVE && each !== ENVELOPED) || !transforms.includes(ENVELOPED))
    return 'A signature transforms what it covers in a way that is not accepted.';
  const canonical = part('CanonicalizationMethod')[0]?.getAttribute('Algorithm') ?? '';
  return canonical === EXCLUSIVE ? null : `The canonicalization ${canonical} is not accepted.`;
}

function fault(detail: string): SsoFailure {
  return { class: 'signature_invalid', detail };
}
