import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client with Java's HttpClient and its defaults. For each line "HOST PORT PEM-FILE" it prints "ok" or "error TEXT". */
public class Client {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private static SSLContext trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int count = 0;
    var bytes = new ByteArrayInputStream(Files.readAllBytes(pem));
    for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(bytes))
      store.setCertificateEntry("trusted" + count++, each);
    var managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private static String get(String line) {
    String[] fields = line.trim().split(" ");
    try {
      var client = HttpClient.newBuilder().sslContext(trusting(Path.of(fields[2]))).connectTimeout(LIMIT).build();
      var uri = URI.create("https://" + fields[0] + ":" + fields[1] + "/");
      client.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), BodyHandlers.discarding());
      return "ok";
    } catch (Exception error) {
      return "error " + String.valueOf(error).replaceAll("\\s+", " ");
    }
  }

  public static void main(String[] args) throws Exception {
    List<String> lines = new BufferedReader(new InputStreamReader(System.in)).lines().collect(Collectors.toList());
    var pool = Executors.newFixedThreadPool(4);
    List<Future<String>> answers = lines.stream().map(line -> pool.submit(() -> get(line))).collect(Collectors.toList());
    for (Future<String> answer : answers) System.out.println(answer.get());
    System.exit(0);
  }
}
