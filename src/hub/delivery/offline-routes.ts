import { z } from 'zod';
import { BUNDLE_MEDIA_TYPE } from '../../shared/contracts/bundle.ts';
import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { offlineBundleRequestSchema } from '../../shared/contracts/hub-rollouts.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { exportOfflineBundle } from './offline-bundle.ts';
import type { SigningKeyStore } from './signing-keys.ts';

/** `POST /v1/orgs/{organization}/offline-bundles`: the signing keys are at work, so it takes an owner. */
export function offlineRoutes(app: HubServer, { config, clock }: HubContext, keys: SigningKeyStore): void {
  app.post(
    '/v1/orgs/:organization/offline-bundles',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'A signed bundle for devices without a network: a file for "mooring policy import"',
        tags: ['policies'],
        params: organizationPathSchema,
        body: offlineBundleRequestSchema,
        response: answers(200, z.string().describe('A compact JWS')),
        produces: [BUNDLE_MEDIA_TYPE],
      },
    },
    async (request, reply) => {
      const { jws } = await exportOfflineBundle(keys, changeBy(request, clock), {
        organizationId: organizationOf(request).id,
        ...request.body,
        issuer: config.publicUrl,
      });
      return reply
        .header('content-disposition', 'attachment; filename="policy.jws"')
        .header('cache-control', 'no-store')
        .type(BUNDLE_MEDIA_TYPE)
        .serializer((text: string) => text)
        .send(jws);
    },
  );
}
