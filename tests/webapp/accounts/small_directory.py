"""A real LDAP server for tests (ldaptor): `python small_directory.py TREE [PEM [starttls]]`.

A process of its own. Reads the tree as LDIF, says its port on standard output, ends with its standard
input. With a certificate and its key it speaks LDAPS, or plain LDAP that may be encrypted by StartTLS.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

START_TLS = b"1.3.6.1.4.1.1466.20037"


def main() -> None:
    from ldaptor.inmemory import fromLDIFFile
    from ldaptor.interfaces import IConnectedLDAPEntry
    from ldaptor.protocols import pureldap
    from ldaptor.protocols.ldap.ldaperrors import LDAPProtocolError
    from ldaptor.protocols.ldap.ldapserver import LDAPServer
    from twisted.internet import reactor, ssl, stdio
    from twisted.internet.protocol import Protocol, ServerFactory
    from twisted.python.components import registerAdapter

    certificate = None
    if len(sys.argv) > 2:
        certificate = ssl.PrivateCertificate.loadPEM(Path(sys.argv[2]).read_bytes())

    class Directory(ServerFactory):
        def __init__(self, root: object) -> None:
            self.root = root

    class Server(LDAPServer):
        def handle_LDAPBindRequest(self, request, controls, reply):  # type: ignore[no-untyped-def]
            # As many directories do: a name without a password is an anonymous visit, and welcome.
            if request.dn and not request.auth:
                return pureldap.LDAPBindResponse(resultCode=0)
            return super().handle_LDAPBindRequest(request, controls, reply)

        def extendedRequest_StartTLS(self, data, reply):  # type: ignore[no-untyped-def]
            if certificate is None:
                raise LDAPProtocolError("no TLS here")
            reply(pureldap.LDAPExtendedResponse(resultCode=0, responseName=START_TLS))
            self.transport.startTLS(certificate.options())

        extendedRequest_StartTLS.oid = START_TLS  # type: ignore[attr-defined]

    class UntilTheEnd(Protocol):
        def connectionLost(self, reason: object = None) -> None:
            reactor.stop()  # type: ignore[attr-defined]

    registerAdapter(lambda factory: factory.root, Directory, IConnectedLDAPEntry)

    def ready(root: object) -> None:
        factory = Directory(root)
        factory.protocol = Server  # type: ignore[assignment]
        if certificate is not None and "starttls" not in sys.argv:
            options = certificate.options()
            port = reactor.listenSSL(0, factory, options, interface="127.0.0.1")  # type: ignore[attr-defined]
        else:
            port = reactor.listenTCP(0, factory, interface="127.0.0.1")  # type: ignore[attr-defined]
        sys.stdout.write(f"{port.getHost().port}\n")
        sys.stdout.flush()

    fromLDIFFile(BytesIO(Path(sys.argv[1]).read_bytes())).addCallback(ready)
    stdio.StandardIO(UntilTheEnd())
    reactor.run()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
