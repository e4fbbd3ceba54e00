import { type SsoFailureClass, ssoFailureClassSchema } from '../../shared/contracts/hub-sso.ts';

/** What an owner does about each class of failure. */
const HELP: Readonly<Record<SsoFailureClass, string>> = {
  group_format:
    'Send only groups of the form organization:team; filter the claim at the identity provider. The groups of this sign-in were left out.',
  not_assigned: 'Invite the person, provision them by SCIM, or switch just-in-time provisioning on.',
  idp_initiated:
    'Sign-in begins at the hub. Give people the address of the hub instead of the tile of the identity provider, or make the tile a bookmark of it.',
  domain_not_verified:
    'Verify the domain of the address for this organization, or assert an address of a verified domain.',
  session_lost: 'The person went back, waited too long, or blocked cookies. They should start again.',
  name_id_not_email: 'Set the format of NameID to EmailAddress, and its value to the e-mail address.',
  groups_overage:
    'The person is in too many groups for the claim. Send only the groups assigned to the application. Teams were left as they are.',
  organization_not_allowed:
    'An owner of that organization has to accept this connection first, in their own console. What named it was left out.',
  deactivated:
    'Activate the person again through SCIM, or ask whoever runs the hub about a disabled account.',
  email_missing: 'Send the e-mail address: as NameID, upn, emailaddress or email.',
  email_not_verified:
    'The identity provider says that it never verified this address: let it verify it. Or it is a personal Google account: sign in with the one of your Google Workspace.',
  signature_invalid:
    'Compare the certificate of the connection with the one that the identity provider signs with now.',
  wrong_issuer:
    'Compare the entity id (issuer) of the connection with what the identity provider calls itself.',
  wrong_audience: 'Enter the Entity ID of this connection as audience at the identity provider.',
  wrong_recipient:
    'Enter the ACS URL of this connection at the identity provider, as recipient and destination.',
  clock: 'Set the clocks of the identity provider and of the hub by a time server.',
  replayed: 'An answer was sent twice. If nobody reloaded a page, look into who could have copied it.',
  malformed_answer:
    'The answer was not what the protocol asks for. Compare the set-up with the documentation.',
  refused_by_provider: 'The identity provider refused. Check that the person is assigned to the application.',
  provider_unreachable: 'The hub could not reach the identity provider. Check the issuer and the network.',
  configuration: 'Check client id and client secret of the connection.',
};

/** The help for a class as it was stored. */
export function helpFor(failureClass: string): string {
  const parsed = ssoFailureClassSchema.safeParse(failureClass);
  return parsed.success ? HELP[parsed.data] : '';
}
